package drift

import "math"

// improbable is how unlikely it must be that two samples differ by chance before
// the difference is called a change.
const improbable = 0.01

// fewer tells whether it is improbable that something met in k of n is met in no
// more than l of m by chance alone: Fisher's exact test, one-sided. Four of four
// and none of four are not enough, five and five are.
func fewer(k, n, l, m int64) bool {
	if n == 0 || m == 0 || float64(l)/float64(m) >= float64(k)/float64(n) {
		return false
	}
	total, hits := n+m, k+l
	p := 0.0
	for i := l; i >= 0 && hits-i <= n; i-- {
		term := math.Exp(choose(m, i) + choose(n, hits-i) - choose(total, hits))
		if p += term; p >= improbable {
			return false
		}
		if term < 1e-12 {
			break
		}
	}
	return true
}

// choose is the logarithm of a binomial coefficient.
func choose(n, k int64) float64 {
	return gamma(n+1) - gamma(k+1) - gamma(n-k+1)
}

func gamma(n int64) float64 {
	value, _ := math.Lgamma(float64(n))
	return value
}
