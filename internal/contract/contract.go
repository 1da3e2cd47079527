// Package contract defines the words of assay as types. An exchange is a request and
// its response. An outcome is what the response means for money. A finding is a
// disagreement between documents and an exchange. A place says where in the exchange it
// is.
//
// Amounts are integers in minor units (paise) everywhere.
//
// A body in which an object has the same name twice does not parse: two readers could
// read it differently. Bodies are decoded with jsontext, the library that encoding/json
// is to become; a test compares it with encoding/json.
//
// Every other package may import this one. It imports no other package of assay.
package contract
