package redact

// PlainDigits and Numeral are exported for tests.
var (
	PlainDigits = plainDigits
	Numeral     = numeral
)
