package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/fixed"
	"assay/internal/openapi"
	"assay/internal/sandbox"
)

func (p *program) sandbox() *cobra.Command {
	var address string
	var credentials []string
	var options sandbox.Options
	var quiet bool
	var log string
	var logSize int64
	c := &cobra.Command{
		Use:   "sandbox [provider]...",
		Short: "serve simulated providers",
		Long: `sandbox serves the named providers, or all, as their specifications describe them, each at
/PROVIDER. It prints the URLs and the credentials that it accepts: test credentials, or those of the
environment or --credential. For each request, a line on standard error says which code it got and
which condition decided. An interrupt ends it.

A faulty request gets the documented code, or 400 with application/problem+json if there is none.

A request header Prefer asks for what no request can cause:
  Prefer: code=501                  this result code; code=CODE; variant=NAME: this variant
  Prefer: at=2023-01-01T00:00:00Z   another time
  Prefer: merchant.checksum=true    a feature that the provider can switch on
  Prefer: handling=lenient          accept the other interpretation of an ambiguity; or strict
  Prefer: fault=reset               damage the response with one of these faults:
` + indented(strings.Join(contract.Faults(), ", "), 36) + `
                                    half-character: cut inside a UTF-8 character; too-many: HTTP
                                    429; unsigned: without the signature; timeout: no response`,
		Example: `  assay sandbox
  assay sandbox paytm --addr 127.0.0.1:8080
  assay sandbox --faults 0.1 --seed 7
  assay sandbox enkash --lenient --credential enkash.secretKey=test`,
		RunE: func(c *cobra.Command, args []string) error {
			k, err := p.catalog(catalog.Options{Traffic: true, Wants: catalog.Named(args...)})
			if err != nil {
				return err
			}
			specs, err := specsNamed(k, args)
			if err != nil {
				return err
			}
			if !(options.FaultRate >= 0 && options.FaultRate <= 1) { // NaN is neither
				return &exit{exitUsage, "--faults: expected a number from 0 to 1", ""}
			}
			if options.Credentials, err = p.sandboxCredentials(specs, credentials); err != nil {
				return err
			}
			terminal := &lockedWriter{w: p.stderr}
			watched, err := newSandboxLog(terminal, quiet, log, logSize)
			if err != nil {
				return err
			}
			options.Observe = watched.observer()
			box, err := sandbox.New(specs, options)
			if err != nil {
				return errors.Join(p.loadError(err), watched.close(c.Context()))
			}
			base, stop, err := serve(c.Context(), p.contained("the sandbox", box), address, defaultLimits())
			if err != nil {
				return errors.Join(&exit{exitInconclusive, err.Error(), "--addr 127.0.0.1:0 uses a free port"}, watched.close(c.Context()))
			}
			if err := p.announce(specs, box, base); err != nil {
				return errors.Join(err, stop(), watched.close(c.Context()))
			}
			_, _ = fmt.Fprintln(terminal, "serving; press Ctrl-C to stop") // there is no other place to report it
			<-c.Context().Done()
			p.unhurried.Store(true)
			return errors.Join(stop(), watched.close(c.Context()))
		},
	}
	c.Flags().StringVar(&address, "addr", "127.0.0.1:0", "listen on `HOST:PORT`; port 0 is a free one")
	c.Flags().StringArrayVar(&credentials, "credential", nil, "accept this `CREDENTIAL`: PROVIDER.NAME=VALUE; repeatable")
	c.Flags().BoolVar(&options.Lenient, "lenient", false, "accept other interpretations of ambiguities and other media types")
	c.Flags().Uint64Var(&options.Seed, "seed", firstSeed, "`NUMBER` to derive ids, tokens and faults from")
	c.Flags().Float64Var(&options.FaultRate, "faults", 0, "damage this `SHARE` of the responses, 0 to 1")
	c.Flags().BoolVar(&quiet, "quiet", false, "print no line for each request")
	c.Flags().StringVar(&log, "log", "", "append a JSON line to `FILE` for each request")
	c.Flags().Int64Var(&logSize, "log-size", 100<<20, "start a new log after these `BYTES`; 0: never")
	return c
}

// specsNamed gives the specifications of the named providers, or all.
func specsNamed(k *catalog.Catalog, names []string) ([]*openapi.Spec, error) {
	if len(names) == 0 {
		return k.Specs, nil
	}
	var specs []*openapi.Spec
	for _, name := range names {
		s := k.Spec(name)
		if s == nil {
			return nil, unknownName("provider", name, k.Providers(), "assay list providers")
		}
		specs = append(specs, s)
	}
	return specs, nil
}

// sandboxCredentials gives the credentials of --credential and the environment. They
// replace the test credentials of the specification.
func (p *program) sandboxCredentials(specs []*openapi.Spec, flags []string) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for _, s := range specs {
		all[s.Provider] = map[string]string{}
		for _, c := range s.Credentials {
			if value := p.getenv(c.Env); value != "" {
				all[s.Provider][c.Name] = value
			}
		}
	}
	for _, flag := range flags {
		name, value, ok := strings.Cut(flag, "=")
		provider, credential, dotted := strings.Cut(name, ".")
		i := slices.IndexFunc(specs, func(s *openapi.Spec) bool { return s.Provider == provider })
		if !ok || !dotted || i < 0 || specs[i].Credential(credential) == nil {
			return nil, &exit{exitUsage, "--credential: expected PROVIDER.NAME=VALUE for a provider of this sandbox", "`assay list providers --json` lists the names"}
		}
		if value == "" {
			return nil, &exit{exitUsage, "--credential " + name + ": the value is empty", "give the value that the sandbox is to accept; without --credential it accepts the test value of the specification"}
		}
		all[provider][credential] = value
	}
	for _, s := range specs {
		if err := catalog.CheckCredentials(s, func(c *openapi.Credential) string { return all[s.Provider][c.Name] }); err != nil {
			return nil, &exit{exitUsage, err.Error(), "correct it in --credential or in the environment"}
		}
	}
	return all, nil
}

// announce prints the addresses and the credentials. It prints test credentials from
// the specification, but no credential that the user set.
func (p *program) announce(specs []*openapi.Spec, box *sandbox.Sandbox, base string) error {
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, s := range specs {
		row(t, s.Provider, base+"/"+s.Provider)
		values := box.Credentials(s)
		for _, c := range s.Credentials {
			value := values[c.Name]
			if value != c.Test {
				value = "(set by you)"
			}
			row(t, "  "+c.Name, value)
		}
	}
	return t.Flush()
}

// startSandbox starts a sandbox with every provider for one run. References, ids and tokens
// come from the seed.
func (p *program) startSandbox(ctx context.Context, k *catalog.Catalog, seed uint64) (*engine.Live, func() error, error) {
	box, err := sandbox.New(k.Specs, sandbox.Options{Seed: seed})
	if err != nil {
		return nil, nil, p.loadError(err)
	}
	base, stop, err := serve(ctx, p.contained("the sandbox", box), "127.0.0.1:0", defaultLimits())
	if err != nil {
		return nil, nil, &exit{exitInconclusive, err.Error(), ""}
	}
	live := engine.Simulated(k.Specs, base)
	live.Pick = func(name string) func(n int) int { return fixed.Picker(fmt.Sprintf("%d %s", seed, name)) }
	return live, stop, nil
}
