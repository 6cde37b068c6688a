"""What time brings: each job a short function, all of them in one table (``jobs.timetable``)."""
