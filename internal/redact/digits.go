package redact

// digitGroups returns the groups of digits in a text that begin at or after a position, up
// to the first gap that does not separate parts of one number: a gap is one or two of the
// characters with which people write numbers. It returns nil if no digit follows.
func digitGroups(text string, from int) [][2]int {
	var groups [][2]int
	for i := from; i < len(text); {
		if !digit(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && digit(text[i]) {
			i++
		}
		groups = append(groups, [2]int{start, i})
		next := i
		for next < len(text) && next < i+2 && separates(text[next]) {
			next++
		}
		if next == i || next == len(text) || !digit(text[next]) {
			break
		}
		i = next
	}
	return groups
}

// separates reports whether people write a character between the digits of a number.
func separates(b byte) bool {
	switch b {
	case ' ', '.', '_', '/', '(', ')', '-':
		return true
	}
	return false
}

// hasDigits reports whether n digits stand side by side in a text.
func hasDigits(text string, n int) bool {
	found := 0
	for i := range len(text) {
		if !digit(text[i]) {
			found = 0
		} else if found++; found == n {
			return true
		}
	}
	return false
}

// manyDigits reports whether a text has n digits.
func manyDigits(text string, n int) bool {
	for i := 0; i < len(text) && n > 0; i++ {
		if digit(text[i]) {
			n--
		}
	}
	return n == 0
}

// hasCode reports whether four characters from a to z and a zero stand in a text, as in every IFSC.
func hasCode(text string) bool {
	found := 0
	for i := range len(text) {
		switch b := text[i]; {
		case b >= 'a' && b <= 'z':
			found++
		case b == '0' && found >= 4:
			return true
		default:
			found = 0
		}
	}
	return false
}
