package drift_test

import (
	"testing"

	"assay/internal/testheap"
)

func TestMain(m *testing.M) {
	testheap.Grow()
	m.Run()
}
