"""What every head does over a folder of pictures: measured into Parquet, and read from there."""
