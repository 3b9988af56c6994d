package caravan

import (
	"time"

	ics "github.com/arran4/golang-ical"
)

// Invitation is a stop as a calendar file (RFC 5545), in words that the caller gives: what it is called, the address, and a description.
// A later file of the same stop takes the place of the earlier one in the reader's calendar. A sample's title must say so.
func (s Stop) Invitation(title, address, description string, now time.Time) []byte {
	cal := ics.NewCalendar()
	cal.SetProductId("-//Qafila//caravan//FR")
	cal.SetMethod(ics.MethodPublish)
	e := cal.AddEvent(s.ID + "@qafila")
	e.SetDtStampTime(now.UTC())
	e.SetSequence(int(now.Unix())) // newer files are later
	e.SetStartAt(s.Starts.UTC())
	e.SetEndAt(s.Ends.UTC())
	e.SetSummary(title)
	e.SetLocation(address)
	e.SetGeo(s.Lat, s.Lon)
	if description != "" {
		e.SetDescription(description)
	}
	if s.State == Cancelled {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	return []byte(cal.Serialize())
}
