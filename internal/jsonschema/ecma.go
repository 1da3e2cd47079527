package jsonschema

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// RE2 translates a regular expression of ECMA 262, which OpenAPI uses, into the syntax of
// package regexp (RE2). Both match the same texts. It returns an error if RE2 cannot
// express the expression, or if it would read a part of it otherwise.
func RE2(expression string) (string, error) {
	t := &translation{rest: expression}
	for t.rest != "" {
		if err := t.next(); err != nil {
			return "", err
		}
	}
	if t.inClass {
		return "", errors.New("a character class has no closing ]")
	}
	if _, err := regexp.Compile(t.out.String()); err != nil {
		return "", fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return t.out.String(), nil
}

// translation is the state of RE2.
type translation struct {
	rest    string
	out     strings.Builder
	inClass bool // between [ and ]
	// assertion: what was written last is ^, $, \b or \B, which ECMA does not repeat.
	assertion bool
	names     []string // of groups
}

// copied moves n bytes from the expression to the result.
func (t *translation) copied(n int) error {
	t.out.WriteString(t.rest[:n])
	t.rest = t.rest[n:]
	return nil
}

// written replaces n bytes of the expression.
func (t *translation) written(n int, text string) error {
	t.out.WriteString(text)
	t.rest = t.rest[n:]
	return nil
}

// next translates the next character, escape or bracket.
func (t *translation) next() error {
	after := t.assertion
	t.assertion = false
	switch c := t.rest[0]; {
	case c == '\\':
		return t.escape()
	case t.inClass:
		return t.member(c)
	case c == '[':
		return t.class()
	case c == '(' && strings.HasPrefix(t.rest, "(?"):
		return t.group()
	case c == '.':
		return t.written(1, `[^\n\r\x{2028}\x{2029}]`)
	case c == '^' || c == '$':
		t.assertion = true
	case after && strings.ContainsRune("*+?{", rune(c)):
		return fmt.Errorf("%c repeats an assertion, which is not ECMA 262", c)
	}
	_, size := utf8.DecodeRuneInString(t.rest)
	return t.copied(size)
}

// class opens a character class.
func (t *translation) class() error {
	opened := 1
	if strings.HasPrefix(t.rest, "[^") {
		opened = 2
	}
	if strings.HasPrefix(t.rest[opened:], "]") {
		return fmt.Errorf("RE2 reads the ] of %s] as a member of the class; ECMA 262 closes an empty class with it", t.rest[:opened])
	}
	t.inClass = true
	return t.copied(opened)
}

// member translates a character in a class.
func (t *translation) member(c byte) error {
	if strings.HasPrefix(t.rest, "[:") {
		return errors.New("RE2 reads [: as the name of a class; ECMA 262 has no such names: list the characters")
	}
	if c == '[' {
		return t.written(1, `\[`)
	}
	t.inClass = c != ']'
	_, size := utf8.DecodeRuneInString(t.rest)
	return t.copied(size)
}

// group opens a group that begins with (?.
func (t *translation) group() error {
	switch {
	case strings.HasPrefix(t.rest, "(?="), strings.HasPrefix(t.rest, "(?!"), strings.HasPrefix(t.rest, "(?<="), strings.HasPrefix(t.rest, "(?<!"):
		return errors.New("RE2 has no lookahead and no lookbehind")
	case strings.HasPrefix(t.rest, "(?:"):
		return t.copied(3)
	case strings.HasPrefix(t.rest, "(?<"):
		name, _, _ := strings.Cut(t.rest, ">")
		if slices.Contains(t.names, name) {
			return fmt.Errorf("the group %s> is there twice", name)
		}
		t.names = append(t.names, name)
		return t.copied(3)
	}
	return errors.New("RE2 reads (? as flags or a name; ECMA 262 has neither here")
}

// escape translates a backslash and what follows it.
func (t *translation) escape() error {
	if len(t.rest) < 2 {
		return errors.New("a backslash at the end")
	}
	switch c := t.rest[1]; {
	case c == 's' || c == 'S':
		return fmt.Errorf(`RE2 reads \%c otherwise: to ECMA 262, white space also is \v, U+00A0, U+FEFF and other Unicode; list the characters, such as [ \t\r\n]`, c)
	case c == 'b' && t.inClass:
		return t.written(2, `\x08`)
	case (c == 'b' || c == 'B') && !t.inClass:
		t.assertion = true
		return t.copied(2)
	case strings.IndexByte("dDwWfnrtv", c) >= 0:
		return t.copied(2)
	case c == 'x' && len(t.rest) >= 4 && isHex(t.rest[2]) && isHex(t.rest[3]):
		return t.copied(4)
	case c == 'u':
		return t.codePoint()
	case c == 'c' && len(t.rest) >= 3 && isAlpha(t.rest[2]):
		return t.written(3, fmt.Sprintf(`\x%02x`, t.rest[2]&0x1f))
	case c == '0' && (len(t.rest) < 3 || !isDigit(t.rest[2])):
		return t.written(2, `\x00`)
	case isDigit(c):
		return fmt.Errorf(`RE2 has no back reference \%c`, c)
	case isAlpha(c):
		return fmt.Errorf(`\%c is not an escape of ECMA 262 that RE2 reads the same`, c)
	case c >= utf8.RuneSelf: // an escaped character is that character
		return t.written(1, "")
	}
	return t.copied(2)
}

// codePoint translates \uXXXX, or two of them that are a surrogate pair.
func (t *translation) codePoint() error {
	unit, ok := unitOf(t.rest)
	if !ok {
		return errors.New(`\u needs four hexadecimal digits`)
	}
	length := 6
	if utf16.IsSurrogate(unit) {
		low, _ := unitOf(t.rest[6:])
		if unit = utf16.DecodeRune(unit, low); unit == utf8.RuneError {
			return errors.New(`\u is half of a surrogate pair, which no text in UTF-8 has`)
		}
		length = 12
	}
	return t.written(length, `\x{`+strconv.FormatInt(int64(unit), 16)+`}`)
}

func unitOf(text string) (rune, bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	unit, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(unit), err == nil // at most 16 bits
}
