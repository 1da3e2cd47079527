package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"assay/internal/contract"
	"assay/internal/ledger"
	"assay/internal/testsize"
)

// nights is a year of nightly runs.
func nights() int { return testsize.Benchmark(365, 3) }

// perNight is the number of changes that each of them finds.
const perNight = 40

// tonight returns the changes of the n-th night, of which fresh are new.
func tonight(n, fresh int) []contract.Change {
	var all []contract.Change
	for i := range perNight {
		c := change("member-added", fmt.Sprintf("goodsInfo/member-%d", n*fresh+i))
		c.Message = more.Says()
		c.First, c.Last = fmt.Sprintf("night-%d.ndjson.gz#%d", n, i), fmt.Sprintf("night-%d.ndjson.gz#%d", n, 1000+i)
		all = append(all, c)
	}
	return all
}

// years are the numbers of new changes a night.
func years() map[string]int { return map[string]int{"two new a night": 2, "all new": perNight} }

// year records one year into a ledger.
func year(b *testing.B, path string, fresh int) {
	b.Helper()
	l, err := ledger.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	for n := range nights() {
		recorded(b, l, at(1).AddDate(0, 0, n), tonight(n, fresh)...)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

// size returns the bytes of a file and of its WAL files.
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

// BenchmarkReport opens the ledger of a year and lists all entries.
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
			for n := nights(); b.Loop(); n++ {
				recorded(b, l, at(1).AddDate(0, 0, n), tonight(n, fresh)...)
			}
		})
	}
}
