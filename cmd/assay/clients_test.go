//go:build clients

package main

import "testing"

// TestProvidersClients has the providers' own clients, from npm, use the sandbox through the
// proxy: they must understand its responses, and their requests must conform.
func TestProvidersClients(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/clients")
}
