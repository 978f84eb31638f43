"""What the dashboards and the API show: reads only, in as many queries for little data as for much."""
