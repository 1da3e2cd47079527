package redact

// DigitGroups, HasDigits and HasCode are here for tests.
var (
	DigitGroups = digitGroups
	HasDigits   = hasDigits
	HasCode     = hasCode
)
