package main

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// s3 is the store for files, when they are not to lie below the data folder. All of it is unset, or what has no default is set.
type s3 struct {
	Endpoint  string `name:"s3-endpoint" env:"QAFILA_S3_ENDPOINT" help:"Address of an S3-compatible store for files, such as https://s3.example.ma; without it they lie below the data folder."`
	Bucket    string `name:"s3-bucket" env:"QAFILA_S3_BUCKET" help:"Its bucket, without versions."`
	AccessKey string `name:"s3-access-key" env:"QAFILA_S3_ACCESS_KEY" help:"Access key."`
	SecretKey string `name:"s3-secret-key" env:"QAFILA_S3_SECRET_KEY" help:"Secret key."`
	Region    string `name:"s3-region" env:"QAFILA_S3_REGION" help:"Region, where the store wants one."`
	Prefix    string `name:"s3-prefix" env:"QAFILA_S3_PREFIX" help:"What the files' names begin with, such as qafila/."`
}

func (s s3) on() bool { return s.Endpoint != "" }

var (
	bucketShape = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`) // Amazon's rule for names of buckets
	prefixShape = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?$`)
)

// check names each variable that is wrong, and why; never what the keys are.
func (s s3) check() error {
	var wrong []error
	say := func(what string) { wrong = append(wrong, errors.New(what)) }
	if s == (s3{}) {
		return nil
	}
	for _, v := range []struct{ name, value string }{{"ENDPOINT", s.Endpoint}, {"BUCKET", s.Bucket}, {"ACCESS_KEY", s.AccessKey}, {"SECRET_KEY", s.SecretKey}} {
		if v.value == "" {
			say("QAFILA_S3_" + v.name + " is not set: the store for files needs an address, a bucket and both keys")
		}
	}
	if u, err := url.Parse(s.Endpoint); s.Endpoint != "" && (!isHTTP(s.Endpoint) || err != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil) {
		say("QAFILA_S3_ENDPOINT must be an http or https address without a path, such as https://s3.example.ma")
	}
	if s.Bucket != "" && !bucketShape.MatchString(s.Bucket) {
		say("QAFILA_S3_BUCKET must be a bucket's name: 3 to 63 small letters, digits, dots and dashes")
	}
	if s.Prefix != "" && !prefixShape.MatchString(s.Prefix) {
		say("QAFILA_S3_PREFIX takes letters, digits, . _ - and / between them, such as qafila/")
	}
	return errors.Join(wrong...)
}
