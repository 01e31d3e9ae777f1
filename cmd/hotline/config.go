package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/hibiken/asynq"
)

// config is every environment variable there is. It is read once, and all that is
// wrong with it is said at once.
type config struct {
	DatabaseURL       string   `env:"DATABASE_URL"`
	MigrateURL        string   `env:"MIGRATE_DATABASE_URL"`
	RedisURL          string   `env:"REDIS_URL"`
	PublicURL         string   `env:"PUBLIC_URL"`
	Addr              string   `env:"ADDR" envDefault:"127.0.0.1:8080"`
	MetricsAddr       string   `env:"METRICS_ADDR"`
	SMTPURL           string   `env:"SMTP_URL"`
	MailFrom          string   `env:"MAIL_FROM"`
	SecretKey         string   `env:"SECRET_KEY"`
	SecretKeyPrevious string   `env:"SECRET_KEY_PREVIOUS"`
	SealKey           string   `env:"AUDIT_SEAL_KEY"`
	Witness           string   `env:"AUDIT_WITNESS"`
	TrustedProxies    []string `env:"TRUSTED_PROXIES"`
	Concurrency       int      `env:"WORKER_CONCURRENCY" envDefault:"8"`
	PrivateLinks      bool     `env:"LINKS_PRIVATE"`
	PGBinDir          string   `env:"PG_BIN_DIR"`

	public         *url.URL
	redis          asynq.RedisConnOpt
	secret         []byte
	secretPrevious []byte
	seal           []byte
}

// needs say what a verb cannot do without.
type needs struct{ database, redis, public, mail, secret, seal bool }

// readConfig reads the environment for a verb. Every problem is in one error, exit
// code 2.
func readConfig(n needs) (*config, error) {
	var c config
	var problems []string
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if err := env.Parse(&c); err != nil {
		add("the environment could not be read: a number is expected in WORKER_CONCURRENCY, true or false in LINKS_PRIVATE")
	}
	if n.database && c.DatabaseURL == "" {
		add("DATABASE_URL is not set: give postgres://user@host/database, or embedded:DIR for a database of this machine's own")
	}
	if n.redis && c.RedisURL == "" {
		add("REDIS_URL is not set: give redis://host:6379/0, redis-sentinel://host1,host2?master=NAME, redis-cluster://host1,host2, or embedded")
	}
	var err error
	if c.RedisURL != "" && c.RedisURL != "embedded" {
		if c.redis, err = redisOptions(c.RedisURL); err != nil {
			add("REDIS_URL: %s", err)
		}
	}
	if c.PublicURL != "" || n.public {
		if c.public, err = publicURL(c.PublicURL); err != nil {
			add("PUBLIC_URL: %s", err)
		}
	}
	if n.mail && c.SMTPURL == "" {
		add("SMTP_URL is not set: give smtp://user:password@host:587")
	}
	if n.mail || c.MailFrom != "" {
		if _, err := mail.ParseAddress(c.MailFrom); err != nil {
			add("MAIL_FROM must be the address that letters come from, such as hotline@example.org")
		}
	}
	if c.secret, err = key(c.SecretKey); err != nil || n.secret && c.secret == nil {
		add("SECRET_KEY must be 32 bytes in base64 or hex, as from: openssl rand -base64 32")
	}
	if c.secretPrevious, err = key(c.SecretKeyPrevious); err != nil {
		add("SECRET_KEY_PREVIOUS must be 32 bytes in base64 or hex, or empty")
	}
	if c.seal, err = key(c.SealKey); err != nil || n.seal && c.seal == nil {
		add("AUDIT_SEAL_KEY must be 32 bytes in base64 or hex, as from: openssl rand -base64 32")
	}
	if c.Witness != "" {
		if _, err := mail.ParseAddress(c.Witness); err != nil {
			add("AUDIT_WITNESS must be an e-mail address, or empty")
		}
	}
	for _, addr := range []struct{ name, value string }{{"ADDR", c.Addr}, {"METRICS_ADDR", c.MetricsAddr}} {
		if _, _, err := net.SplitHostPort(addr.value); addr.value != "" && err != nil {
			add("%s must be host:port", addr.name)
		}
	}
	for _, proxy := range c.TrustedProxies {
		_, addrErr := netip.ParseAddr(proxy)
		_, prefixErr := netip.ParsePrefix(proxy)
		if addrErr != nil && prefixErr != nil {
			add("TRUSTED_PROXIES: each must be an address or a network such as 10.0.0.0/8")
			break
		}
	}
	if c.Concurrency < 1 || c.Concurrency > 256 {
		add("WORKER_CONCURRENCY must be from 1 to 256")
	}
	if len(problems) > 0 {
		return nil, putRight("the configuration is not complete:\n  - %s", strings.Join(problems, "\n  - "))
	}
	return &c, nil
}

// publicURL reads the address people use. Without https it must be loopback.
func publicURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("must be the address people use, such as https://hotline.example.org")
	}
	if u.Path != "" && u.Path != "/" {
		return nil, errors.New("must have no path")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, errors.New("must be https, except on this machine itself")
	}
	u.Path = ""
	return u, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// redisOptions reads a single Redis, Sentinel or Cluster.
func redisOptions(s string) (asynq.RedisConnOpt, error) {
	if rest, ok := strings.CutPrefix(s, "redis-cluster://"); ok {
		u, err := url.Parse("redis://" + rest)
		if err != nil || u.Host == "" {
			return nil, errors.New("must look like redis-cluster://user:password@host1:6379,host2:6379")
		}
		password, _ := u.User.Password()
		return asynq.RedisClusterClientOpt{Addrs: strings.Split(u.Host, ","), Username: u.User.Username(), Password: password}, nil
	}
	o, err := asynq.ParseRedisURI(s)
	if err != nil {
		// The parser's own words may repeat the password.
		return nil, errors.New("must look like redis://user:password@host:6379/0")
	}
	return o, nil
}

// key reads 32 bytes in base64 or hex; nil for an empty string.
func key(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawURLEncoding.DecodeString} {
		if b, err := decode(s); err == nil && len(b) == 32 {
			return b, nil
		}
	}
	return nil, errors.New("not 32 bytes")
}

// logLevel is read before anything else, so that problems can be logged.
func logLevel() slog.Level {
	var level slog.Level
	if level.UnmarshalText([]byte(os.Getenv("LOG_LEVEL"))) != nil {
		return slog.LevelInfo
	}
	return level
}
