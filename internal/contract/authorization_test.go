package contract_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"assay/internal/contract"
)

// TestBasic compares Basic with RFC 7617, for headers and for variants of them with one
// byte removed, doubled or replaced.
func TestBasic(t *testing.T) {
	t.Parallel()
	want := func(header string) (user, password string, ok bool) {
		scheme, rest, _ := strings.Cut(header, " ")
		pair, err := base64.StdEncoding.DecodeString(rest)
		if err != nil || strings.ToLower(scheme) != "basic" {
			return "", "", false
		}
		if user, password, ok = strings.Cut(string(pair), ":"); !ok {
			return "", "", false
		}
		return user, password, true
	}
	read, refused := 0, 0
	ask := func(header string) {
		user, password, ok := contract.Basic(http.Header{"Authorization": {header}})
		if wantUser, wantPassword, wantOK := want(header); user != wantUser || password != wantPassword || ok != wantOK {
			t.Errorf("%q: %q %q %t, want %q %q %t", header, user, password, ok, wantUser, wantPassword, wantOK)
		}
		if ok {
			read++
		} else {
			refused++
		}
	}
	for _, pair := range [][2]string{{"user", "pass"}, {"", ""}, {"u", "p:q"}, {"ü", "\x00\xff"}} {
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(pair[0], pair[1])
		header := r.Header.Get("Authorization")
		if user, password, ok := contract.Basic(r.Header); !ok || user != pair[0] || password != pair[1] {
			t.Errorf("%q: %q %q %t", header, user, password, ok)
		}
		for i := range header {
			ask(header[:i] + header[i+1:])
			ask(header[:i] + header[i:i+1] + header[i:])
			for c := range 128 {
				ask(header[:i] + string(rune(c)) + header[i+1:])
			}
		}
	}
	for _, header := range []string{"", " ", "Basic", "Basic ", "Basic  ", "Bearer dTpw", "dTpw"} {
		ask(header)
	}
	if read < 1000 || refused < 1000 {
		t.Errorf("%d read, %d refused, which proves little", read, refused)
	}
}
