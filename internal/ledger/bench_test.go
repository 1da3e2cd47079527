package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"assay/internal/contract"
	"assay/internal/ledger"
)

// nights and met are a year of nightly runs.
const (
	nights = 365
	met    = 40
)

// tonight is what the n-th night meets: so many of the changes are new.
func tonight(n, fresh int) []contract.Change {
	var all []contract.Change
	for i := range met {
		c := change("member-added", fmt.Sprintf("goodsInfo/member-%d", n*fresh+i))
		c.Message = more.Says()
		c.First, c.Last = fmt.Sprintf("night-%d.ndjson.gz#%d", n, i), fmt.Sprintf("night-%d.ndjson.gz#%d", n, 1000+i)
		all = append(all, c)
	}
	return all
}

// years are how much of a night's changes nobody has met before.
func years() map[string]int { return map[string]int{"two new a night": 2, "all new": met} }

// year records one.
func year(b *testing.B, path string, fresh int) {
	b.Helper()
	l, err := ledger.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	for n := range nights {
		recorded(b, l, at(1).AddDate(0, 0, n), tonight(n, fresh)...)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

// size is what a file and what stands beside it take.
func size(b *testing.B, path string) (sum int64) {
	b.Helper()
	all, err := filepath.Glob(path + "*")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range all {
		info, err := os.Stat(name)
		if err != nil {
			b.Fatal(err)
		}
		sum += info.Size()
	}
	return sum
}

// BenchmarkReport opens a year's ledger and lists all of it.
func BenchmarkReport(b *testing.B) {
	for name, fresh := range years() {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "drift.db")
			year(b, path, fresh)
			entries := 0
			for b.Loop() {
				l, err := ledger.Open(b.Context(), path)
				if err != nil {
					b.Fatal(err)
				}
				all, err := l.List(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				entries = len(all)
				if err := l.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size(b, path)), "bytes")
			b.ReportMetric(float64(entries), "entries")
		})
	}
}

// BenchmarkNight records one more night after a year.
func BenchmarkNight(b *testing.B) {
	for name, fresh := range years() {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "drift.db")
			year(b, path, fresh)
			l := opened(b, path)
			for n := nights; b.Loop(); n++ {
				recorded(b, l, at(1).AddDate(0, 0, n), tonight(n, fresh)...)
			}
		})
	}
}
