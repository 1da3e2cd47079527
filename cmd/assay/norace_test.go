//go:build !race

package main

// raceDetector reports whether the race detector is on, which multiplies the memory.
const raceDetector = false
