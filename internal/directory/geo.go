package directory

import "math"

// earth is the mean radius of the Earth in kilometres (IUGG).
const earth = 6371.0088

// Distance is the great-circle distance in kilometres between two points in degrees (haversine).
func Distance(lat1, lon1, lat2, lon2 float64) float64 {
	rad := math.Pi / 180
	sinLat := math.Sin((lat2 - lat1) * rad / 2)
	sinLon := math.Sin((lon2 - lon1) * rad / 2)
	h := sinLat*sinLat + math.Cos(lat1*rad)*math.Cos(lat2*rad)*sinLon*sinLon
	return 2 * earth * math.Asin(math.Sqrt(min(1, h)))
}

// Nearest is the place nearest to a point, and how far it is in kilometres, wherever the point lies: ask InMorocco first. The point must
// be a number.
func (d *Directory) Nearest(lat, lon float64) (Place, float64) {
	var nearest Place
	least := math.Inf(1)
	for _, p := range d.places {
		if km := Distance(lat, lon, p.Lat, p.Lon); km < least {
			nearest, least = p, km
		}
	}
	return nearest, least
}

// border is a hand-drawn outline, 10 to 25 km outside Morocco's coast and land border, with the southern provinces; latitude, longitude.
// It is for telling a shared position that makes no sense, not for law or maps. Being so wide it holds Ceuta and Melilla, whose nearest stop
// is a Moroccan one all the same; the Canary Islands, Gibraltar, Tindouf, Béchar, Tlemcen and Nouadhibou are outside.
var border = [][2]float64{
	{35.98, -5.95}, {35.98, -5.25}, {35.45, -4.60}, {35.55, -2.85}, {35.20, -2.15}, {34.85, -1.78}, {34.40, -1.62}, {33.50, -1.55},
	{32.60, -1.15}, {32.25, -0.95}, {32.00, -1.10}, {31.98, -2.80}, {31.55, -3.45}, {30.95, -3.50}, {30.40, -4.70}, {29.65, -5.30},
	{29.35, -6.60}, {28.60, -8.45}, {27.66, -8.55}, {26.00, -8.55}, {25.90, -11.95}, {23.40, -11.90}, {22.80, -12.90}, {21.30, -12.90},
	{21.30, -16.95}, {21.25, -17.045}, {20.75, -17.06}, {20.70, -17.25}, {21.50, -17.20}, {22.50, -16.80}, {23.80, -16.25}, {24.80, -15.20}, {26.10, -14.75},
	{27.30, -13.65}, {28.05, -13.15}, {28.65, -11.50}, {29.50, -10.45}, {30.60, -10.15}, {31.50, -10.05}, {32.40, -9.55}, {33.40, -8.75},
	{34.20, -7.00}, {35.20, -6.40},
}

// InMorocco tells whether a point in degrees lies in Morocco or within some kilometres of it.
func InMorocco(lat, lon float64) bool {
	inside := false
	for i, j := 0, len(border)-1; i < len(border); j, i = i, i+1 {
		a, b := border[i], border[j]
		if (a[0] > lat) != (b[0] > lat) && lon < (b[1]-a[1])*(lat-a[0])/(b[0]-a[0])+a[1] {
			inside = !inside
		}
	}
	return inside
}
