//go:build race

package traffic_test

// raced tells that the race detector is on: it takes many times the time.
const raced = true
