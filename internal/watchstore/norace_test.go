//go:build !race

package watchstore_test

// raced tells that the race detector is on: it takes many times the time.
const raced = false
