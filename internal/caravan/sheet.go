package caravan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
)

// columns of a sheet of stops, in any order; lat and lon may be empty or left out, then the town's own position counts. The optional
// ones are empty when left out.
var (
	required = []string{"id", "town", "venue_fr", "venue_ar", "date", "start", "end", "state"}
	optional = []string{"lat", "lon", "capacity", "programme", "partners"}
)

// Known is the knowledge that a sheet's rows are checked against.
type Known struct {
	Directory *directory.Directory
	Answer    func(id string) bool // whether there is an answer of that id
}

// A Problem is something wrong in a sheet. Line counts from 1, the header's line.
type Problem struct {
	Line   int
	Column string // "" when it is about the whole line
	What   string // what stands there and what is expected, for an operator
}

func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("line %d: %s", p.Line, p.What)
	}
	return fmt.Sprintf("line %d, %s: %s", p.Line, p.Column, p.What)
}

// ReadSheet reads stops from CSV: UTF-8 with or without a byte order mark, parted by commas or semicolons, with the header
//
//	id,town,venue_fr,venue_ar,date,start,end,lat,lon,capacity,programme,partners,state
//
// dates like 2026-12-10 and times like 09:30, in Africa/Casablanca; programme (ids of answers) and partners are parted by |. It gives
// either all stops or every problem that it finds.
func ReadSheet(r io.Reader, known Known) ([]Stop, []Problem) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, []Problem{{Line: 1, What: "the file can't be read: " + err.Error()}}
	}
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
	if !utf8.Valid(raw) {
		return nil, []Problem{{Line: 1, What: "the file isn't UTF-8; save it as “CSV UTF-8”"}}
	}
	header, _, _ := bytes.Cut(raw, []byte("\n"))
	c := csv.NewReader(bytes.NewReader(raw))
	c.FieldsPerRecord = -1
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		c.Comma = ';'
	}
	sheet := sheet{known: known, ids: map[string]int{}}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			sheet.problem(broken.Line, "", "the quotes don't match; a cell with a separator or a quote stands in \"…\"")
			break
		}
		line, _ := c.FieldPos(0)
		sheet.take(line, record)
	}
	if sheet.at == nil {
		sheet.problem(1, "", "the file is empty; the first line must be %s", strings.Join(slices.Concat(required, optional), ","))
	}
	if len(sheet.problems) > 0 {
		return nil, sheet.problems
	}
	return sheet.stops, nil
}

type sheet struct {
	known    Known
	at       map[string]int // column -> index
	ids      map[string]int // id -> line
	stops    []Stop
	problems []Problem
}

func (s *sheet) problem(line int, column, format string, args ...any) {
	s.problems = append(s.problems, Problem{line, column, fmt.Sprintf(format, args...)})
}

func (s *sheet) take(line int, record []string) {
	for i := range record {
		record[i] = strings.TrimSpace(record[i])
	}
	if s.at == nil {
		s.header(line, record)
		return
	}
	if strings.Join(record, "") == "" { // a spreadsheet's empty lines
		return
	}
	if len(record) != len(s.at) {
		s.problem(line, "", "%d cells, but the header has %d", len(record), len(s.at))
		return
	}
	before := len(s.problems)
	stop := s.row(line, func(column string) string {
		i, ok := s.at[column]
		if !ok {
			return ""
		}
		return record[i]
	})
	if len(s.problems) == before {
		s.stops = append(s.stops, stop)
	}
}

func (s *sheet) header(line int, record []string) {
	s.at = make(map[string]int, len(record))
	for i, name := range record {
		name = strings.ToLower(name)
		switch _, twice := s.at[name]; {
		case twice:
			s.problem(line, name, "this column stands there twice")
		case !slices.Contains(required, name) && !slices.Contains(optional, name):
			s.problem(line, name, "no such column; there are %s", strings.Join(slices.Concat(required, optional), ", "))
		}
		s.at[name] = i
	}
	for _, name := range required {
		if _, ok := s.at[name]; !ok {
			s.problem(line, name, "this column is missing")
		}
	}
}

var stopID = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

func (s *sheet) row(line int, cell func(string) string) Stop {
	stop := Stop{ID: cell("id"), VenueFR: locale.Clean(cell("venue_fr")), VenueAR: locale.Clean(cell("venue_ar")), State: strings.ToLower(cell("state"))}
	if !stopID.MatchString(stop.ID) {
		s.problem(line, "id", "%q; expected 1 to 40 small letters a–z, digits and dashes, like fes-2026", stop.ID)
	} else if first, twice := s.ids[stop.ID]; twice {
		s.problem(line, "id", "%q stands on line %d already", stop.ID, first)
	}
	s.ids[stop.ID] = line
	for column, venue := range map[string]string{"venue_fr": stop.VenueFR, "venue_ar": stop.VenueAR} {
		if n := utf8.RuneCountInString(venue); n == 0 || n > 120 {
			s.problem(line, column, "%d characters; expected the venue's name, up to 120", n)
		}
	}
	if stop.State != Draft && stop.State != Published && stop.State != Cancelled {
		s.problem(line, "state", "%q; expected draft, published or cancelled", cell("state"))
	}
	s.town(line, cell("town"), &stop)
	s.position(line, cell, &stop)
	s.times(line, cell, &stop)
	if c := cell("capacity"); c != "" {
		n, err := strconv.Atoi(c)
		if err != nil || n < 1 || n > 1_000_000 {
			s.problem(line, "capacity", "%q; expected a number from 1, or nothing for as many as come", c)
		}
		stop.Capacity = n
	}
	stop.Programme, stop.Partners = parted(cell("programme")), parted(cell("partners"))
	for _, id := range stop.Programme {
		if !s.known.Answer(id) {
			s.problem(line, "programme", "no answer has the id %q", id)
		}
	}
	for _, name := range stop.Partners {
		if utf8.RuneCountInString(name) > 60 {
			s.problem(line, "partners", "%q is longer than 60 characters; names are parted by |", name)
		}
	}
	return stop
}

// town takes a town however it is written, but only when it is surely that one.
func (s *sheet) town(line int, name string, stop *Stop) {
	m := s.known.Directory.FindPlaces(name)
	switch {
	case len(m) > 0 && m[0].Sure:
		p := m[0].Value
		stop.Place, stop.Region, stop.Lat, stop.Lon = p.Slug, p.Region, p.Lat, p.Lon
	case len(m) > 0:
		s.problem(line, "town", "%q isn't surely one town; is it %s?", name, m[0].Value.Name(locale.French))
	default:
		s.problem(line, "town", "%q isn't known; expected a town of the list, like Fès", name)
	}
}

func (s *sheet) position(line int, cell func(string) string, stop *Stop) {
	if cell("lat") == "" && cell("lon") == "" {
		return
	}
	for _, axis := range []struct {
		column   string
		into     *float64
		from, to float64
		like     string
	}{{"lat", &stop.Lat, 20, 37, "34.0331"}, {"lon", &stop.Lon, -18, -0.5, "-5.0003"}} { // Morocco
		v, err := strconv.ParseFloat(strings.Replace(cell(axis.column), ",", ".", 1), 64)
		if err != nil || !(v >= axis.from && v <= axis.to) {
			s.problem(line, axis.column, "%q; expected degrees within Morocco, like %s, or both lat and lon empty", cell(axis.column), axis.like)
		}
		*axis.into = v
	}
}

func (s *sheet) times(line int, cell func(string) string, stop *Stop) {
	day, err := time.Parse("2006-01-02", cell("date"))
	if err != nil {
		s.problem(line, "date", "%q; expected a date like 2026-12-10", cell("date"))
		return
	}
	ok := true
	at := func(column string) time.Time {
		clock, err := time.Parse("15:04", cell(column))
		if err != nil {
			s.problem(line, column, "%q; expected a time like 09:30", cell(column))
			ok = false
		}
		return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, locale.Zone())
	}
	stop.Starts, stop.Ends = at("start"), at("end")
	if ok && !stop.Ends.After(stop.Starts) {
		s.problem(line, "end", "%q isn't after the start, %q", cell("end"), cell("start"))
	}
}

func parted(s string) []string {
	list := []string{}
	for part := range strings.SplitSeq(s, "|") {
		if part = locale.Clean(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
