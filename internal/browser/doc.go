// Package browser opens pages in Chromium, for tests of what a reader sees. It has the build
// tag browser.
package browser
