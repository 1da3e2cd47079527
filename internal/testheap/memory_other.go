//go:build !linux

package testheap

// TempInMemory is for Linux.
func TempInMemory() (remove func() error, err error) { return func() error { return nil }, nil }
