package shape

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Latency counts responses by bucket of duration. Four buckets double the duration; the
// first is one microsecond. Latencies merge by addition. Latency of our own sandbox is
// not part of a shape: it says nothing about the provider.
type Latency map[int]int64

const perOctave = 4

func (l Latency) note(d time.Duration) {
	if d <= 0 {
		return // not measured
	}
	l[max(0, int(math.Ceil(perOctave*math.Log2(float64(d)/float64(time.Microsecond)))))]++
}

func (l Latency) fold(other Latency) {
	for bucket, n := range other {
		l[bucket] += n
	}
}

// Count returns the number of measured responses.
func (l Latency) Count() int64 {
	var sum int64
	for _, n := range l {
		sum += n
	}
	return sum
}

// Above returns how many responses took longer than a duration that Quantile returned.
func (l Latency) Above(limit time.Duration) (n int64) {
	for bucket, count := range l {
		if upperBound(bucket) > limit {
			n += count
		}
	}
	return n
}

// upperBound returns the longest duration of a bucket.
func upperBound(bucket int) time.Duration {
	return time.Duration(math.Pow(2, float64(bucket)/perOctave) * float64(time.Microsecond))
}

// Quantile returns the duration within which a share of the responses came, rounded up
// by at most a fifth, or 0 if none was measured.
func (l Latency) Quantile(share float64) time.Duration {
	want := int64(math.Ceil(share * float64(l.Count())))
	for _, bucket := range slices.Sorted(maps.Keys(l)) {
		if want -= l[bucket]; want <= 0 {
			return upperBound(bucket)
		}
	}
	return 0
}
