package contract

import "strings"

// Alike gives an id of the same form: every letter and digit is replaced by one
// of its kind, which pick chooses as a number below n.
func Alike(id string, pick func(n int) int) string {
	fresh := []byte(id)
	for i := range fresh {
		for _, kind := range []string{"0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"} {
			if strings.IndexByte(kind, fresh[i]) >= 0 {
				fresh[i] = kind[pick(len(kind))]
				break
			}
		}
	}
	return string(fresh)
}
