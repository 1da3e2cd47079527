package conform

import (
	"crypto/tls"

	"assay/internal/contract"
)

// Authority makes the certificates of a run.
type Authority interface {
	// Certificate returns the certificate of a server that fails in this way; nil: it speaks
	// plain HTTP.
	Certificate(f contract.Failure) *tls.Certificate
}
