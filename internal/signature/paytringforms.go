package signature

import (
	"encoding/json"
	"strconv"
	"strings"
)

// How each form of Paytring's hash writes the value of a member:
//
//	value            documented   strings   node              php
//	"text"           text         text      text              text
//	100              100          -         100               100
//	1.50             1.50         -         1.5               1.5
//	1e2              1e2          -         100               100
//	true             true         -         true              1
//	false            false        -         false             (empty)
//	null             -            -         (empty)           (empty)
//	{"a": 1}         -            -         [object Object]   -
//	["a", [1, 2]]    -            -         a,1,2             -
//
// A - means that the member is left out. An empty value has its "|" all the same.
//
// The Node SDKs call Array.prototype.join on the values. The PHP SDK leaves out arrays,
// which are also what becomes a JSON object, and calls implode. The Go SDK takes strings
// only; the Python SDK fails on anything else. A member that is undefined in Node is in
// the hash and not in the body: such a hash cannot be verified.

// documentedText writes a value as the page says: everything but objects, lists and null.
func documentedText(raw json.RawMessage) (string, bool) {
	switch raw[0] {
	case '{', '[', 'n':
		return "", false
	case '"':
		return stringText(raw)
	}
	return string(raw), true
}

// stringText writes strings only.
func stringText(raw json.RawMessage) (text string, hashed bool) {
	if raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return "", false
	}
	return text, true
}

// nodeText writes a value as join does in JavaScript.
func nodeText(raw json.RawMessage) (string, bool) {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return string(raw), true // a number that is too large
	}
	var b strings.Builder
	writeNode(&b, value)
	return b.String(), true
}

func writeNode(b *strings.Builder, value any) {
	switch v := value.(type) {
	case string:
		b.WriteString(v)
	case map[string]any:
		b.WriteString("[object Object]")
	case []any:
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeNode(b, item)
		}
	case nil:
	default:
		text, _ := json.Marshal(v) // writes numbers and booleans as JavaScript does
		b.Write(text)
	}
}

// phpText writes a value as implode does in PHP.
func phpText(raw json.RawMessage) (string, bool) {
	switch raw[0] {
	case '{', '[':
		return "", false
	case '"':
		return stringText(raw)
	case 't':
		return "1", true
	case 'f', 'n':
		return "", true
	}
	text := string(raw)
	if !strings.ContainsAny(text, ".eE") {
		return text, true // an integer
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text, true
	}
	return phpFloat(number), true
}

// phpFloat writes a float with 14 digits, which is PHP's default precision: 0.1 + 0.2 is
// 0.3, and 1e15 is 1.0E+15.
func phpFloat(number float64) string {
	const precision = 14
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(number, 'e', precision-1, 64), "e")
	power, _ := strconv.Atoi(exponent) // FormatFloat writes an integer
	if power >= -4 && power < precision {
		places := max(0, precision-1-power)
		text := strconv.FormatFloat(number, 'f', places, 64)
		if strings.Contains(text, ".") {
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
		return text
	}
	mantissa = strings.TrimRight(mantissa, "0")
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	sign := "+"
	if power < 0 {
		sign, power = "-", -power
	}
	return mantissa + "E" + sign + strconv.Itoa(power)
}
