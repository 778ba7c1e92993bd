<?php
/**
 * The carts that a link can restore, by their unguessable tokens.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery -- our own table, read where it is written.

/**
 * Kept for ninety days after their last change.
 */
class Carts {

	const DAYS = 90;

	/**
	 * Keep a cart's content; give when it began.
	 *
	 * @param string $token   Whose.
	 * @param string $email   The shopper's, or nothing.
	 * @param array  $content Its lines, as Cart_Snapshot::lines gives them.
	 * @return string A datetime column's value.
	 */
	public static function keep( $token, $email, array $content ) {
		global $wpdb;
		$now = Clock::row();
		$wpdb->query(
			$wpdb->prepare(
				"INSERT INTO {$wpdb->reprise_carts} (token, email, content, created_at, updated_at) VALUES (%s, %s, %s, %s, %s)
				ON DUPLICATE KEY UPDATE email = VALUES(email), content = VALUES(content), updated_at = VALUES(updated_at)",
				$token,
				$email,
				wp_json_encode( $content ),
				$now,
				$now
			)
		);
		$began = $wpdb->get_var( $wpdb->prepare( "SELECT created_at FROM {$wpdb->reprise_carts} WHERE token = %s", $token ) );
		return $began ? $began : $now;
	}

	/**
	 * Give a cart, or null.
	 *
	 * @param string $token Its token, as a stranger may have typed it.
	 * @return array{email: string, content: array}|null
	 */
	public static function find( $token ) {
		global $wpdb;
		if ( ! preg_match( '/^[A-Za-z0-9]{32}$/D', $token ) ) {
			return null;
		}
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT email, content FROM {$wpdb->reprise_carts} WHERE token = BINARY %s", $token ) );
		if ( ! $row ) {
			return null;
		}
		$content = json_decode( $row->content, true );
		return array(
			'email'   => $row->email,
			'content' => is_array( $content ) ? $content : array(),
		);
	}

	/**
	 * Give everything kept of a person.
	 *
	 * @param string $email Whose.
	 * @return array Rows with token, content, created_at, updated_at.
	 */
	public static function of( $email ) {
		global $wpdb;
		return $wpdb->get_results( $wpdb->prepare( "SELECT token, content, created_at, updated_at FROM {$wpdb->reprise_carts} WHERE email = %s ORDER BY updated_at", $email ) );
	}

	/**
	 * Forget a person's carts.
	 *
	 * @param string $email Whose.
	 * @return int How many.
	 */
	public static function forget( $email ) {
		global $wpdb;
		return (int) $wpdb->delete( $wpdb->reprise_carts, array( 'email' => $email ) );
	}

	/**
	 * Forget a cart that was paid for.
	 *
	 * @param string $token Its token.
	 * @return void
	 */
	public static function done( $token ) {
		global $wpdb;
		$wpdb->delete( $wpdb->reprise_carts, array( 'token' => $token ) );
	}

	/**
	 * Forget what is old.
	 *
	 * @return void
	 */
	public static function tidy() {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->reprise_carts} WHERE updated_at < %s", Clock::row( time() - self::DAYS * DAY_IN_SECONDS ) ) );
	}
}
