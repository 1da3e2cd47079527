package conform

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"

	"assay/internal/contract"
)

// Authority makes the certificates of a run.
type Authority interface {
	// Certificate returns the certificate of a server that fails in this way; nil: it speaks
	// plain HTTP.
	Certificate(f contract.Failure) *tls.Certificate
}

// certificateAge is how long certificates of a run are valid, from one hour before they are
// made.
const certificateAge = 48 * time.Hour

// authority is an authority with a certificate for each failure that is about TLS.
type authority struct {
	own          *issuer
	certificates map[contract.Failure]*tls.Certificate
}

// RunAuthority is an authority that is made for one run. PEM returns its certificate, which
// clients are to trust.
type RunAuthority interface {
	Authority
	PEM() []byte
}

// NewAuthority makes an authority. Its keys exist in memory only.
func NewAuthority() (RunAuthority, error) {
	own, err := newIssuer("assay test authority")
	if err != nil {
		return nil, err
	}
	unknown, err := newIssuer("another authority")
	if err != nil {
		return nil, err
	}
	a := &authority{own: own, certificates: map[contract.Failure]*tls.Certificate{}}
	here := []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	for _, c := range []struct {
		failure   contract.Failure
		issuer    *issuer
		names     []string
		addresses []net.IP
	}{
		{contract.RightCertificate, own, []string{"localhost"}, here},
		{contract.OtherName, own, []string{"other.example"}, nil},
		{contract.UnknownAuthority, unknown, []string{"localhost"}, here},
	} {
		if a.certificates[c.failure], err = c.issuer.certificate(c.names, c.addresses); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *authority) Certificate(f contract.Failure) *tls.Certificate { return a.certificates[f] }

func (a *authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.own.certified.Raw})
}

// issuer is a key that signs certificates, with its own.
type issuer struct {
	key       *ecdsa.PrivateKey
	certified *x509.Certificate
}

func newIssuer(name string) (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	t, err := certificate(name)
	if err != nil {
		return nil, err
	}
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	raw, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	own, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	return &issuer{key: key, certified: own}, nil
}

// certificate returns a certificate for a server with these names and addresses, and its
// key.
func (i *issuer) certificate(names []string, addresses []net.IP) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	t, err := certificate(names[0])
	if err != nil {
		return nil, err
	}
	t.DNSNames, t.IPAddresses = names, addresses
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	raw, err := x509.CreateCertificate(rand.Reader, t, i.certified, &key.PublicKey, i.key)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, nil
}

// certificate returns what every certificate of a run has, with a random serial number.
func certificate(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	from := time.Now().Add(-time.Hour)
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: from.Add(certificateAge),
	}, nil
}
