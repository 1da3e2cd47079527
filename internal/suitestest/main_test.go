package suitestest_test

import (
	"testing"

	"assay/internal/testheap"
)

func TestMain(m *testing.M) {
	testheap.Grow()
	if err := testheap.Overlap(); err != nil {
		panic(err)
	}
	m.Run()
}
