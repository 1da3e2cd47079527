// Package suitestest has the tests of package suites as other modules use it. They are not
// beside it, because bin/assay.test has its tests, and runs without a toolchain and without
// this repository.
package suitestest
