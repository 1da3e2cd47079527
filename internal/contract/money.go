package contract

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Money is an amount in minor units of its currency: 100 is one rupee.
type Money struct {
	Minor    int64  `yaml:"minor" json:"minor"`
	Currency string `yaml:"currency" json:"currency"`
}

// Decimal returns the amount in major units with two decimals, such as "1.00" for 100.
// It uses no float.
func (m Money) Decimal() string {
	sign, n := "", uint64(m.Minor)
	if m.Minor < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// ParseDecimal parses an amount in major units, such as "1", "1.5" or "1.00", into
// minor units. More than two decimals are an error unless the rest are zeros. Signs,
// exponents, spaces and amounts beyond int64 are errors.
func ParseDecimal(text string) (int64, error) {
	whole, fraction, point := strings.Cut(text, ".")
	if !digits(whole) || (point && !digits(fraction)) {
		return 0, fmt.Errorf("not a plain decimal amount")
	}
	if len(fraction) > 2 {
		if strings.Trim(fraction[2:], "0") != "" {
			return 0, fmt.Errorf("more than two decimals")
		}
		fraction = fraction[:2]
	}
	fraction += strings.Repeat("0", 2-len(fraction))
	major, err := strconv.ParseInt(whole, 10, 64)
	minor, _ := strconv.ParseInt(fraction, 10, 64) // always two digits
	if err != nil || major > (math.MaxInt64-minor)/100 {
		return 0, fmt.Errorf("amount out of range")
	}
	return major*100 + minor, nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
