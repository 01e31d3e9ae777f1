package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// certificate is for 127.0.0.1, by an authority that this process trusts.
var certificate tls.Certificate

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "mail")
	if err == nil {
		err = trust(dir)
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// trust makes the certificate, and the system's roots of this process its authority.
func trust(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	roots := filepath.Join(dir, "roots.pem")
	if err := os.Setenv("SSL_CERT_FILE", roots); err != nil {
		return err
	}
	return os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}

// office is a real mail server.
type office struct {
	testing.TB
	Addr string

	mu        sync.Mutex
	received  []string
	passwords []string
	heard     strings.Builder // every byte that came in the clear
	from, to  error           // what MAIL and RCPT answer
	data      error
}

// open opens an office: TLS from the first byte, after STARTTLS, or none. insecure
// takes passwords in the clear, as no server should.
func open(t testing.TB, tlsFrom string, insecure bool) *office {
	t.Helper()
	o := &office{TB: t}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Addr = ln.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }))
	server.Domain, server.AllowInsecureAuth = "office.example.net", insecure
	ln = listening{ln, o}
	switch tlsFrom {
	case "start":
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{certificate}})
	case "command":
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	server.ErrorLog = silent{}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { server.Close() })
	return o
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// listening writes down what is heard.
type listening struct {
	net.Listener
	office *office
}

func (l listening) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return hearing{c, l.office}, err
}

type hearing struct {
	net.Conn
	office *office
}

func (h hearing) Read(b []byte) (int, error) {
	n, err := h.Conn.Read(b)
	h.office.mu.Lock()
	h.office.heard.Write(b[:n])
	h.office.mu.Unlock()
	return n, err
}

func (o *office) letters() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.received...)
}

// overheard are the passwords that were given, and all that came in the clear.
func (o *office) overheard() (passwords []string, clear string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.passwords...), o.heard.String()
}

type counter struct{ office *office }

func (c *counter) Reset()                               {}
func (c *counter) Logout() error                        { return nil }
func (c *counter) Mail(string, *smtp.MailOptions) error { return c.office.from }
func (c *counter) Rcpt(string, *smtp.RcptOptions) error { return c.office.to }
func (c *counter) AuthMechanisms() []string             { return []string{sasl.Plain, sasl.Login} }
func (c *counter) Auth(mech string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		c.office.mu.Lock()
		defer c.office.mu.Unlock()
		c.office.passwords = append(c.office.passwords, user+" "+password)
		if password != "open sesame" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (c *counter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	if c.office.data != nil {
		return c.office.data
	}
	c.office.received = append(c.office.received, string(b))
	return nil
}

// rude is a server that takes a letter and hangs up without another word.
func rude(t testing.TB) (addr string, taken func() int) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	var mu sync.Mutex
	n := 0
	serve := func(c net.Conn) {
		defer c.Close()
		in := bufio.NewScanner(c)
		say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
		say("220 rude")
		for in.Scan() {
			switch word, _, _ := strings.Cut(in.Text(), " "); word {
			case "DATA":
				say("354 go on")
				for in.Scan() && in.Text() != "." {
				}
				mu.Lock()
				n++
				mu.Unlock()
				say("250 taken")
				return
			default:
				say("250 fine")
			}
		}
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return ln.Addr().String(), func() int { mu.Lock(); defer mu.Unlock(); return n }
}
