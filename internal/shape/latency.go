package shape

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Latency is how many responses took how long, by the number of a bucket: four of
// them double the time, the first is a microsecond. It merges by addition.
type Latency map[int]int64

const perOctave = 4

func (l Latency) note(d time.Duration) {
	if d <= 0 {
		return // nobody measured
	}
	l[max(0, int(math.Ceil(perOctave*math.Log2(float64(d)/float64(time.Microsecond)))))]++
}

func (l Latency) fold(other Latency) {
	for bucket, n := range other {
		l[bucket] += n
	}
}

// Measured is how many responses were.
func (l Latency) Measured() int64 {
	var sum int64
	for _, n := range l {
		sum += n
	}
	return sum
}

// Above is how many responses took longer than a time that Quantile gave.
func (l Latency) Above(limit time.Duration) (n int64) {
	for bucket, count := range l {
		if ended(bucket) > limit {
			n += count
		}
	}
	return n
}

// ended is the longest time of a bucket.
func ended(bucket int) time.Duration {
	return time.Duration(math.Pow(2, float64(bucket)/perOctave) * float64(time.Microsecond))
}

// Quantile is the time within which a share of the responses came, to a fifth; 0
// where none was measured.
func (l Latency) Quantile(share float64) time.Duration {
	want := int64(math.Ceil(share * float64(l.Measured())))
	for _, bucket := range slices.Sorted(maps.Keys(l)) {
		if want -= l[bucket]; want <= 0 {
			return ended(bucket)
		}
	}
	return 0
}
