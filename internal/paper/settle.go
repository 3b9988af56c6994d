package paper

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// The library writes the moment into a document and its fonts, the program's name as its language, and tells a reader who copies or searches
// Arabic the old codes of joined letters. settled mends this: what was printed from the same drawing is the same bytes, says its language,
// and gives letters as people type them.
func settled(made []byte, about Info) ([]byte, error) {
	objects, err := objectsOf(made)
	if err != nil {
		return nil, fmt.Errorf("read a PDF again: %w", err)
	}
	for id, body := range objects {
		switch {
		case id == catalog:
			more := ">>"
			if about.Language != "" {
				more = "/Lang(" + about.Language + ")>>"
			}
			if about.RightToLeft {
				more = "/ViewerPreferences<</Direction/R2L>>" + more
			}
			objects[id] = append(bytes.TrimSuffix(wrongLanguage.ReplaceAll(body, nil), []byte(">>")), more...)
		case id == information:
			objects[id] = moment.ReplaceAll(body, nil)
		case fontParts.Match(body):
			for _, part := range fontParts.FindAllSubmatch(body, -1) {
				mend := typed
				if string(part[1]) == "FontFile2" {
					mend = timeless
				}
				n, err := strconv.Atoi(string(part[2]))
				if err != nil || n >= len(objects) {
					return nil, fmt.Errorf("read a PDF again: a font's %s is object %d of %d", part[1], n, len(objects))
				}
				if objects[n], err = repacked(objects[n], mend); err != nil {
					return nil, fmt.Errorf("read a PDF again: a font's %s: %w", part[1], err)
				}
			}
		}
	}
	return joined(objects), nil
}

// The objects that the library writes at these numbers. There is no object 0.
const catalog, information = 1, 2

var (
	wrongLanguage = regexp.MustCompile(`/Lang\([^)]*\)`)
	moment        = regexp.MustCompile(`/CreationDate\([^)]*\)`)
	fontParts     = regexp.MustCompile(`/(ToUnicode|FontFile2) (\d+) 0 R`)
)

// objectsOf parts a PDF by its table of contents; the index is the object's number.
func objectsOf(made []byte) ([][]byte, error) {
	at := bytes.LastIndex(made, []byte("startxref\n"))
	if at < 0 {
		return nil, errors.New("it has no table of contents")
	}
	var table, n int
	if _, err := fmt.Sscanf(string(made[at:]), "startxref\n%d", &table); err != nil || table >= at {
		return nil, fmt.Errorf("its table of contents is not at %d", table)
	}
	if _, err := fmt.Sscanf(string(made[table:at]), "xref\n0 %d\n", &n); err != nil {
		return nil, fmt.Errorf("its table of contents: %w", err)
	}
	rows := bytes.SplitN(made[table:at], []byte("\n"), n+3)
	if len(rows) < n+3 {
		return nil, errors.New("its table of contents is cut")
	}
	begins := make([]int, n, n+1)
	order := make([]int, 0, n)
	for id := 1; id < n; id++ {
		if _, err := fmt.Sscanf(string(rows[2+id]), "%d", &begins[id]); err != nil || begins[id] >= table {
			return nil, fmt.Errorf("object %d is not at %d", id, begins[id])
		}
		order = append(order, id)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(begins[a], begins[b]) })
	objects := make([][]byte, n)
	for i, id := range order {
		end := table
		if i+1 < len(order) {
			end = begins[order[i+1]]
		}
		_, body, _ := bytes.Cut(made[begins[id]:end], []byte(" 0 obj\n"))
		objects[id] = bytes.TrimSuffix(body, []byte("\nendobj\n"))
	}
	return objects, nil
}

// joined makes a PDF of its objects.
func joined(objects [][]byte) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%Ŧǟċơ\n")
	begins := make([]int, len(objects))
	for id := 1; id < len(objects); id++ {
		begins[id] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", id, objects[id])
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects))
	for _, at := range begins[1:] {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<</Info %d 0 R/Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", information, catalog, len(objects), table)
	return out.Bytes()
}
