package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
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
// STARTTLS where the server offers it and refuses to send a password without it;
// ?tls=required insists, ?tls=off is for a server on this machine; smtps:// speaks
// TLS from the first byte. from is the sender's address.
func NewSMTP(where, from string) (*SMTP, error) {
	u, err := url.Parse(where)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server's URL must look like smtp://user:password@host:587")
	}
	options := []gomail.Option{gomail.WithTimeout(20 * time.Second)}
	policy := gomail.TLSOpportunistic
	switch u.Query().Get("tls") {
	case "required":
		policy = gomail.TLSMandatory
	case "off":
		policy = gomail.NoTLS
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
		if u.Scheme == "smtp" && policy == gomail.TLSOpportunistic {
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
	if err := msg.AddToFormat(m.ToName, m.To); err != nil {
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
	if err := s.client.DialAndSendWithContext(ctx, msg); err != nil {
		// The server's words may repeat an address; ours do not.
		if send, ok := errors.AsType[*gomail.SendError](err); ok && !send.IsTemp() && send.ErrorCode() >= 550 && send.ErrorCode() < 560 {
			return errors.Join(Permanent, fmt.Errorf("mail: refused with %d", send.ErrorCode()))
		}
		return errors.New("mail: the server did not take the letter")
	}
	return nil
}

// Check says whether the server answers.
func (s *SMTP) Check(ctx context.Context) error {
	if err := s.client.DialWithContext(ctx); err != nil {
		return errors.New("the mail server does not answer")
	}
	return s.client.Close()
}
