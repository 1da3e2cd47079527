package main

import "testing"

// TestRecheck has the flags that change what a check finds, and no secret.
func TestRecheck(t *testing.T) {
	t.Setenv("ASSAY_PAYTM_MERCHANT_KEY", "canary-4711")
	p := &program{data: "mine"}
	f := &trafficFlags{profile: "strict", keys: "keys.yaml", bases: []string{"paytm=https://me:hunter2@x.example.com/canary-4711"}, waivers: []string{"more.yaml"}}
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"a file":         {[]string{"my file.har"}, "assay check 'my file.har' --data mine --provider paytm --format har --keys keys.yaml --skip-unreadable --profile strict --base 'paytm=https://***@x.example.com/***' --waivers more.yaml"},
		"standard input": {[]string{"a.har", "-"}, ""},
		"many files":     {make([]string, mostFiles+1), ""},
	} {
		if got := p.recheck(f, c.files, "paytm", "har", true); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}
