package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressInterval is the time before the first progress message and between messages.
const progressInterval = 2 * time.Second

// readProgress reports how much of the input is read: on a terminal as a bar, otherwise
// as lines. A total of -1 is unknown.
func (p *program) readProgress() (report func(read, total int64), done func()) {
	if isTerminal(p.stderr) {
		return p.progressBar()
	}
	last := time.Now()
	return func(read, total int64) {
		if time.Since(last) < progressInterval {
			return
		}
		last = time.Now()
		if total < 0 {
			_, _ = fmt.Fprintf(p.stderr, "read %d MB\n", read/1e6) // there is no other place to report it
			return
		}
		_, _ = fmt.Fprintf(p.stderr, "read %d of %d MB\n", read/1e6, total/1e6)
	}, func() {}
}

func (p *program) progressBar() (report func(read, total int64), done func()) {
	var bar *progressbar.ProgressBar
	report = func(read, total int64) {
		if bar == nil {
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.stderr), progressbar.OptionShowBytes(true),
				progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
				progressbar.OptionSetWidth(30), progressbar.OptionSetDescription("reading"))
		}
		_ = bar.Set64(read) // the bar is only information
	}
	done = func() {
		if bar != nil {
			_ = bar.Clear()
		}
	}
	return report, done
}
