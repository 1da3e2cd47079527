// Package contract holds the words of assay as types: providers are asked
// orders and KYC requests, an exchange is one question and its response, an
// outcome is what the response means for money, and a finding is one
// disagreement between what was documented and what was seen.
//
// The package imports the standard library only, and every other package may
// import it. Amounts are integers in minor units (paise) everywhere.
package contract
