package redact

// Numeral is exported for tests.
var Numeral = numeral
