package redact

// DigitGroups, HasDigits, HasCode and BeginsBlock are here for tests.
var (
	DigitGroups = digitGroups
	HasDigits   = hasDigits
	HasCode     = hasCode
	BeginsBlock = beginsBlock
)
