package contract

// Alike gives an id of the same form: every letter and digit is replaced by one
// of its kind, which pick chooses as a number below n.
func Randomize(id string, pick func(n int) int) string {
	fresh := []byte(id)
	for i, c := range fresh {
		fresh[i] = RandomizeByte(c, pick)
	}
	return string(fresh)
}

// AlikeByte is Alike of one byte. What is no letter or digit stays, and nothing is
// picked for it.
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
