# journeys
