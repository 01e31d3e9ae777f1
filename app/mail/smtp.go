package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP sends letters through a mail server.
type SMTP struct {
	client *gomail.Client
	from   string
}

// NewSMTP reads where to send from a URL: smtp://user:password@host:port uses
// STARTTLS where the server offers it, and insists on it before it sends a password;
// ?tls=required always insists, ?tls=off is for a server on this machine that wants no
// password; smtps:// speaks TLS from the first byte. from is the sender's address.
func NewSMTP(where, from string) (*SMTP, error) {
	u, err := url.Parse(where)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server's URL must look like smtp://user:password@host:587")
	}
	options := []gomail.Option{gomail.WithTimeout(20 * time.Second)}
	policy := gomail.TLSOpportunistic
	switch u.Query().Get("tls") {
	case "":
	case "required":
		policy = gomail.TLSMandatory
	case "off":
		policy = gomail.NoTLS
	default:
		return nil, errors.New("the mail server's tls must be required or off")
	}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(policy))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, errors.New("the mail server's port is not a number")
		}
	}
	options = append(options, gomail.WithPort(port), gomail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}))
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		if u.Scheme == "smtp" && policy == gomail.NoTLS {
			return nil, errors.New("the mail server's password is not sent without TLS: leave out tls=off, or the password")
		}
		if u.Scheme == "smtp" {
			options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
		}
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	check := gomail.NewMsg()
	if err := check.From(from); err != nil {
		return nil, errors.New("the sender's address is not an e-mail address")
	}
	return &SMTP{client: client, from: from}, nil
}

// Send hands the letter to the server and waits for its yes.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg := gomail.NewMsg()
	if err := msg.From(s.from); err != nil {
		return errors.Join(Permanent, errors.New("mail: sender"))
	}
	to := netmail.Address{Name: m.ToName, Address: m.To}
	if err := msg.To(to.String()); err != nil {
		return errors.Join(Permanent, errors.New("mail: recipient"))
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDate()
	// No one should answer by mail: what they would write belongs in the consultation.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	line, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return &NotTaken{Stage: "no connection that may be used"}
	}
	err = s.client.SendWithSMTPClient(line, msg)
	_ = s.client.CloseWithSMTPClient(line)
	// After its yes a server may hang up as it likes: the letter is taken.
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return notTaken(err)
}

// notTaken is a server's no in our own words. For good is only what it says of this
// recipient or this letter; a sender it does not like is ours to put right.
func notTaken(err error) error {
	no := &NotTaken{Stage: "the connection broke"}
	send, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return no
	}
	no.Code = send.ErrorCode()
	forGood := no.Code >= 550 && no.Code < 560
	switch send.Reason {
	case gomail.ErrSMTPMailFrom:
		no.Stage, forGood = "sender", false
	case gomail.ErrSMTPRcptTo:
		no.Stage = "recipient"
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose, gomail.ErrWriteContent:
		no.Stage = "letter"
	default:
		forGood = false
	}
	if forGood {
		return errors.Join(Permanent, no)
	}
	return no
}

// Check says whether the server answers.
func (s *SMTP) Check(ctx context.Context) error {
	if err := s.client.DialWithContext(ctx); err != nil {
		return errors.New("the mail server does not answer")
	}
	return s.client.Close()
}
