package main

import (
	"errors"
	"fmt"
	"os"

	"assay/internal/crash"
)

// stepSummary is the variable with the file that GitHub shows on the page of a run.
const stepSummary = "GITHUB_STEP_SUMMARY"

// maxStepSummary is the size of the longest step summary that GitHub shows.
const maxStepSummary = 1 << 20

// appendSummary appends a summary to the step summary of GitHub, if there is one. of makes it;
// used is how many bytes the file has.
func appendSummary(of func(used int64) []byte) error {
	path := os.Getenv(stepSummary)
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("the step summary: %w", err)
	}
	used := int64(0)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		used = info.Size()
	}
	var text []byte
	if crashed := crash.Contain("writing the step summary", func() { text = of(used) }); crashed != nil {
		return errors.Join(crashed, f.Close())
	}
	if used+int64(len(text)) > maxStepSummary {
		return errors.Join(errors.New("the step summary is full, and GitHub shows none that is longer"), f.Close())
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("the step summary: %w", err)
	}
	return nil
}
