package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"assay/suites"
)

// read says what a response means. A success needs a token and a signature; each signature has to be right.
func read(raw []byte, key string) suites.Outcome {
	whole, err := parse(raw)
	code, _ := at(whole, "body", "resultInfo", "resultCode").(string)
	status, _ := at(whole, "body", "resultInfo", "resultStatus").(string)
	token, _ := at(whole, "body", "txnToken").(string)
	state, documented := codes[code]
	good := state == suites.Succeeded
	if signature := at(whole, "head", "signature"); err != nil || !documented || good != (status == "S") || !good && status != "F" ||
		good && (token == "" || signature == nil) || signature != nil && !verified(raw, key, fmt.Sprint(signature)) {
		return suites.UnknownOutcome()
	}
	outcome := suites.Outcome{State: state, Retry: suites.Never, Code: code, Status: status}
	if outcome.Token = nil; good {
		outcome.Token = &suites.Token{Value: token}
	} else if state == suites.Unavailable {
		outcome.Retry = suites.AfterInquiry
	}
	return outcome
}

// parse parses a JSON object, "" as an empty one. A name that occurs twice is an error: JSON does not say which one counts.
func parse(raw []byte) (map[string]any, error) {
	if len(raw) == 0 {
		return map[string]any{}, nil
	}
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil || !json.Valid(raw) {
		return nil, errors.New("not a JSON object")
	}
	if again, _ := json.Marshal(v); tokens(again) != tokens(raw) {
		return nil, errors.New("a name occurs twice")
	}
	return v, nil
}

func tokens(raw []byte) (n int) {
	for d := json.NewDecoder(bytes.NewReader(raw)); ; n++ {
		if _, err := d.Token(); err != nil {
			return n
		}
	}
}

// at returns the value at a path of names, nil if there is none.
func at(v any, names ...string) any {
	for _, name := range names {
		members, _ := v.(map[string]any)
		v = members[name]
	}
	return v
}
