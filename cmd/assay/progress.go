package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

// quiet is how long a reading may take before anybody wants to hear of it, and
// from one plain line to the next.
const progressInterval = 2 * time.Second

// reading tells how far files are read: with a bar on a terminal, with rate and
// time left, and elsewhere in plain lines. The total is -1 where nobody knows.
func (p *program) readProgress() (tell func(read, total int64), done func()) {
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

func (p *program) progressBar() (tell func(read, total int64), done func()) {
	var bar *progressbar.ProgressBar
	tell = func(read, total int64) {
		if bar == nil {
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.stderr), progressbar.OptionShowBytes(true),
				progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
				progressbar.OptionSetWidth(30), progressbar.OptionSetDescription("ambiguity"))
		}
		_ = bar.Set64(read) // a bar that cannot be drawn harms nobody
	}
	done = func() {
		if bar != nil {
			_ = bar.Clear()
		}
	}
	return tell, done
}
