package simulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkTurn is one message of a person's, fetched and answered, without the network.
func BenchmarkTurn(b *testing.B) {
	s := New(Options{})
	defer s.Close()
	s.KeepSent(false)
	people := make([]*Person, 1000)
	for i := range people {
		people[i] = s.Person(Profile{})
	}
	post := func(method, body string) {
		r := httptest.NewRequest(http.MethodPost, "/bot"+s.Token()+"/"+method, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := people[i%len(people)]
		p.Send("salam")
		post("getUpdates", fmt.Sprintf(`{"offset":%d}`, 314_159_001+i))
		post("sendMessage", fmt.Sprintf(`{"chat_id":%d,"text":"<b>salam</b>","parse_mode":"HTML"}`, p.ID()))
	}
}
