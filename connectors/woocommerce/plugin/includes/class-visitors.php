<?php
/**
 * Visitors whom we know by name: a random cookie, given with their consent, and whose it is.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery -- our own table, read where it is written.

/**
 * Forgotten half a year after their last visit.
 */
class Visitors {

	const COOKIE = 'reprise_visitor';
	const DAYS   = 180;
	const MOST   = 120;
	const WINDOW = 600;

	/**
	 * Know this browser from now on; nothing without consent or once the headers are out.
	 *
	 * @param string $email       The shopper's.
	 * @param int    $customer_id Their account, 0 for none.
	 * @return void
	 */
	public static function meet( $email, $customer_id ) {
		global $wpdb;
		if ( '' === $email || ! Preferences::all()['has_beacon'] || ! Consent::allows_marketing() ) {
			return;
		}
		$visitor = self::cookie();
		$known   = '' === $visitor ? null : self::row( $visitor );
		if ( $known && $known->email === $email ) {
			return;
		}
		if ( headers_sent() ) {
			return;
		}
		// Another person at the same browser is another visitor.
		$visitor = wp_generate_password( 32, false );
		$wpdb->insert(
			$wpdb->reprise_visitors,
			array(
				'visitor'      => $visitor,
				'email'        => $email,
				'customer_id'  => $customer_id,
				'seen_at'      => Clock::row(),
				'counted_from' => Clock::row(),
			)
		);
		self::set_cookie( $visitor, time() + self::DAYS * DAY_IN_SECONDS );
	}

	/**
	 * The cookie is read by our script to know whether there is anything to tell; it names nobody.
	 *
	 * @param string $visitor Its value.
	 * @param int    $until   Unix seconds.
	 * @return void
	 */
	private static function set_cookie( $visitor, $until ) {
		$_COOKIE[ self::COOKIE ] = $visitor;
		setcookie(
			self::COOKIE,
			$visitor,
			array(
				'expires'  => $until,
				'path'     => COOKIEPATH ? COOKIEPATH : '/',
				'domain'   => (string) COOKIE_DOMAIN,
				'secure'   => is_ssl(),
				'httponly' => false,
				'samesite' => 'Lax',
			)
		);
	}

	/**
	 * The cookie of this request; empty for none or nonsense.
	 *
	 * @return string
	 */
	public static function cookie() {
		$named = isset( $_COOKIE[ self::COOKIE ] ) ? sanitize_text_field( wp_unslash( $_COOKIE[ self::COOKIE ] ) ) : '';
		return preg_match( '/^[A-Za-z0-9]{32}$/D', $named ) ? $named : '';
	}

	/**
	 * Give whose a cookie is, and count the visit; null for nobody, or for too many visits.
	 *
	 * @param string $visitor The cookie.
	 * @return object|null With email and customer_id.
	 */
	public static function visit( $visitor ) {
		global $wpdb;
		$row = '' === $visitor ? null : self::row( $visitor );
		if ( ! $row ) {
			return null;
		}
		$is_new  = strtotime( $row->counted_from . ' UTC' ) < time() - self::WINDOW;
		$counted = $is_new ? 1 : (int) $row->counted + 1;
		if ( $counted > self::MOST ) {
			return null;
		}
		$changed = array(
			'seen_at'      => Clock::row(),
			'counted'      => $counted,
			'counted_from' => $is_new ? Clock::row() : $row->counted_from,
		);
		$wpdb->update( $wpdb->reprise_visitors, $changed, array( 'visitor' => $visitor ) );
		return $row;
	}

	/**
	 * One row.
	 *
	 * @param string $visitor The cookie.
	 * @return object|null
	 */
	private static function row( $visitor ) {
		global $wpdb;
		return $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->reprise_visitors} WHERE visitor = BINARY %s", $visitor ) );
	}

	/**
	 * Give what is kept of a person.
	 *
	 * @param string $email Whose.
	 * @return array Rows.
	 */
	public static function of( $email ) {
		global $wpdb;
		return $wpdb->get_results( $wpdb->prepare( "SELECT visitor, seen_at FROM {$wpdb->reprise_visitors} WHERE email = %s", $email ) );
	}

	/**
	 * Forget a person.
	 *
	 * @param string $email Whose.
	 * @return int How many browsers.
	 */
	public static function forget( $email ) {
		global $wpdb;
		return (int) $wpdb->delete( $wpdb->reprise_visitors, array( 'email' => $email ) );
	}

	/**
	 * Forget who did not come again.
	 *
	 * @return void
	 */
	public static function tidy() {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->reprise_visitors} WHERE seen_at < %s", Clock::row( time() - self::DAYS * DAY_IN_SECONDS ) ) );
	}
}
