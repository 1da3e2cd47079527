package contract

// Randomize returns an id of the same form: it replaces every digit by a digit, every a
// to z by one of a to z, and every A to Z by one of A to Z. pick chooses a number below
// n.
func Randomize(id string, pick func(n int) int) string {
	fresh := []byte(id)
	for i, c := range fresh {
		fresh[i] = RandomizeByte(c, pick)
	}
	return string(fresh)
}

// RandomizeByte is Randomize for one byte. Other bytes stay, and pick is not called for
// them.
func RandomizeByte(c byte, pick func(n int) int) byte {
	switch {
	case '0' <= c && c <= '9':
		return '0' + byte(pick(10))
	case 'A' <= c && c <= 'Z':
		return 'A' + byte(pick(26))
	case 'a' <= c && c <= 'z':
		return 'a' + byte(pick(26))
	}
	return c
}
