package redact

// DigitGroups, HasDigits, HasCode, BeginsBlock and Numeral are here for tests.
var (
	DigitGroups = digitGroups
	HasDigits   = hasDigits
	HasCode     = hasCode
	BeginsBlock = beginsBlock
	Numeral     = numeral
)
