package traffic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// This file reads JSON with encoding/json, member by member: by the exact name
// and type, where Go's own structs would take "Url" for "url" and null for "".
// It is slow, and is asked where the cursor gave up.

// members says how each known member of an object is read.
type members map[string]func(raw json.RawMessage) error

// object reads an object. at is where it stands, for errors: "", "request". Unknown
// members are passed over; with strict one that is a known name in another case
// is an error, as it is misspelt.
func object(raw json.RawMessage, at string, known members, strict bool) error {
	seen := map[string]bool{}
	return pairs(raw, at, func(name string, value json.RawMessage) error {
		read, ok := known[name]
		switch {
		case !ok && strict:
			return misspelt(at, name, known)
		case !ok:
			return nil
		case seen[name]:
			return fmt.Errorf("%s stands twice", place(at, name))
		}
		seen[name] = true
		return read(value)
	})
}

func misspelt(at, name string, known members) error {
	for right := range known {
		if strings.EqualFold(right, name) {
			return fmt.Errorf("%s is written with other capitals", place(at, right))
		}
	}
	return nil
}

// pairs tells each the members of an object in their order.
func pairs(raw json.RawMessage, at string, each func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return fmt.Errorf("%s: expected an object", orItself(at))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return notJSON(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return notJSON(err)
		}
		name, _ := key.(string) // the decoder lets nothing else stand here
		if err := each(name, value); err != nil {
			return err
		}
	}
	return nil
}

// items tells each the items of a list in their order.
func items(raw json.RawMessage, at string, each func(value json.RawMessage) error) error {
	if !bytes.HasPrefix(raw, []byte("[")) {
		return fmt.Errorf("%s: expected a list", at)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return notJSON(err)
	}
	for _, value := range all {
		if err := each(value); err != nil {
			return err
		}
	}
	return nil
}

// valid holds a whole text to being JSON.
func valid(raw []byte) error {
	var all json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return notJSON(err)
	}
	return nil
}

// notJSON says where JSON ends to be JSON, without the character that stands there.
func notJSON(err error) error {
	var s *json.SyntaxError
	switch {
	case !errors.As(err, &s):
		return errors.New("this is not JSON")
	case s.Error() == "unexpected end of JSON input":
		return errors.New("the JSON ends in the middle of a value")
	}
	return fmt.Errorf("this is not JSON from its byte %d on", s.Offset)
}

func stringTo(to *string, at string) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		if !bytes.HasPrefix(raw, []byte(`"`)) {
			return fmt.Errorf("%s: expected a string", at)
		}
		return json.Unmarshal(raw, to)
	}
}

// whole reads a whole number, however it is written: 200, 200.0, 2e2.
func whole(to *int, at string) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
			return fmt.Errorf("%s: expected a whole number", at)
		}
		*to = int(f)
		return nil
	}
}

// milliseconds reads a duration.
func milliseconds(text string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f > float64(math.MaxInt64/time.Millisecond) || f < -float64(math.MaxInt64/time.Millisecond) {
		return 0, false
	}
	return time.Duration(math.Round(f * float64(time.Millisecond))), true
}

// optional reads a member that may be null, which is as if it were not there.
func optional(read func(json.RawMessage) error) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		if string(raw) == "null" {
			return nil
		}
		return read(raw)
	}
}

func place(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

func orItself(at string) string {
	if at == "" {
		return "the entry"
	}
	return at
}
