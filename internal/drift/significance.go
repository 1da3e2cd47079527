package drift

import "math"

// improbable is the probability below which chance counts as an unlikely cause.
const improbable = 0.01

// fewer reports whether chance is an unlikely cause for l of m after k of n, in
// Fisher's exact test, one-sided. Four of four and then none of four is not enough;
// five and five is.
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

// atLeast returns the probability of at least n of all, if each has the probability p.
func atLeast(n, all int64, p float64) (sum float64) {
	for i := n; i <= all; i++ {
		sum += math.Exp(choose(all, i) + float64(i)*math.Log(p) + float64(all-i)*math.Log(1-p))
	}
	return sum
}

// choose returns the logarithm of a binomial coefficient.
func choose(n, k int64) float64 {
	return gamma(n+1) - gamma(k+1) - gamma(n-k+1)
}

func gamma(n int64) float64 {
	value, _ := math.Lgamma(float64(n))
	return value
}
