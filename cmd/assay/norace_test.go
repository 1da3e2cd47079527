//go:build !race

package main

// raced tells that the race detector is on: it takes several times the memory.
const raced = false
